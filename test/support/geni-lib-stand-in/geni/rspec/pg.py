"""Stands in for geni.rspec.pg: records nodes, LANs, addresses and services. An attribute that geni-lib does not know is an
error, where geni-lib would ignore it."""


class Execute(object):
    def __init__(self, shell, command):
        self.shell = shell
        self.command = command


class IPv4Address(object):
    def __init__(self, address, netmask):
        self.address = address
        self.netmask = netmask


class Interface(object):
    __slots__ = ["name", "addresses"]

    def __init__(self, name):
        self.name = name
        self.addresses = []

    def addAddress(self, address):
        self.addresses.append(address)


class LAN(object):
    __slots__ = ["name", "interfaces", "bandwidth"]

    def __init__(self, name):
        self.name = name
        self.interfaces = []
        self.bandwidth = None

    def addInterface(self, interface):
        self.interfaces.append(interface)


class RawPC(object):
    __slots__ = ["name", "hardware_type", "disk_image", "interfaces", "services"]

    def __init__(self, name):
        self.name = name
        self.hardware_type = None
        self.disk_image = None
        self.interfaces = []
        self.services = []

    def addInterface(self, name):
        interface = Interface("%s:%s" % (self.name, name))
        self.interfaces.append(interface)
        return interface

    def addService(self, service):
        self.services.append(service)


class Request(object):
    def __init__(self):
        self.nodes = []
        self.lans = []

    def RawPC(self, name):
        self.nodes.append(RawPC(name))
        return self.nodes[-1]

    def LAN(self, name):
        self.lans.append(LAN(name))
        return self.lans[-1]

    def recorded(self):
        """What was asked for, as plain data."""
        nodes = [{
            "name": node.name,
            "type": node.hardware_type,
            "image": node.disk_image,
            "addresses": [[ip.address, ip.netmask] for port in node.interfaces for ip in port.addresses],
            "services": [[service.shell, service.command] for service in node.services],
        } for node in self.nodes]
        lans = [{
            "name": lan.name,
            "bandwidth": lan.bandwidth,
            "interfaces": [port.name for port in lan.interfaces],
        } for lan in self.lans]
        return {"nodes": nodes, "lans": lans}
