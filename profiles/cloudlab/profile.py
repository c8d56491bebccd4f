"""A [vHive](https://github.com/vhive-serverless/vHive) cluster (Knative on Firecracker microVMs, on gVisor or on plain
containers) on bare-metal nodes in one LAN. It comes up by itself: no command has to be typed on any node.

Instructions:
Wait until the startup services of all nodes have finished. On **node-0** then

- `/local/vhive/result.json` says how it went, and `/local/vhive/exit-code` is 0 for a ready cluster;
- `sudo /local/repository/bin/vhive-coord status` shows it, as does
  `sudo kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes`;
- `/local/vhive/log` and `/local/vhive/events.jsonl` tell what was done and what is waited for.

Where the parameter *source* was given, the programs are in `/local/vhive/source/bin`. A node that did not come says why
in its own `/local/vhive/result.json`. To try again: reboot the node, or run the command of its startup service by hand.

Your default shell does not matter to any of this. If you paste commands of the vHive guides, use bash: choose it in your
CloudLab profile under *Manage account, Default Shell*, or type `bash`. Passwordless ssh between the nodes is not needed.
"""

# Runs on the portal, under Python 2 and 3, with nothing but geni-lib; so it can be pasted there as one file.
import re

import geni.portal as portal
import geni.rspec.pg as pg

IMAGE = "urn:publicid:IDN+emulab.net+image+emulab-ops//UBUNTU22-64-STD"
SCRIPT = "profiles/cloudlab/start.sh"
ARM64_TYPES = ["m400"]
MAX_NODES = 100
# In the form of the results of vhive-coord, for a shell's double quotes.
NOT_CLONED = ('{"type":"result","outcome":"failed","exitCode":6,"code":"unreachable","message":"%s cannot be cloned",'
              '"hint":"see the parameters source and sourceRef, and whether this node reaches the internet"}'
              ).replace('"', '\\"')
# The load balancer takes addresses of the LAN, too.
SPARE_ADDRESSES = 16

pc = portal.Context()
pc.defineParameter(
    "nodeCount", "Number of nodes", portal.ParameterType.INTEGER, 3,
    longDescription="node-0 is the master, all others are workers. One node makes a single-node cluster.")
pc.defineParameter(
    "hardwareType", "Hardware type", portal.ParameterType.NODETYPE, "xl170",
    longDescription="Any x86-64 type with an SSD: xl170, m510 or c6525-25g at Utah, rs440 at Massachusetts. m400 is "
    "arm64, which takes the sandbox stock-only. Empty: whatever is free.")
pc.defineParameter(
    "image", "Disk image", portal.ParameterType.IMAGE, IMAGE,
    longDescription="Ubuntu 20.04 (the one of the vHive guides), 22.04 or 24.04, such as UBUNTU24-64-STD; "
    "for arm64 UBUNTU22-64-ARM.")
pc.defineParameter(
    "sandbox", "Sandbox of functions", portal.ParameterType.STRING, "firecracker",
    [("firecracker", "Firecracker microVMs"), ("gvisor", "gVisor"), ("stock-only", "plain containers")])
pc.defineParameter(
    "stargz", "Pull eStargz images lazily", portal.ParameterType.BOOLEAN, False,
    longDescription="With Firecracker or plain containers.")
pc.defineParameter(
    "lanNetwork", "Address range of the LAN", portal.ParameterType.STRING, "10.10.1.0/24", advanced=True,
    longDescription="node-0 has its first address. All cluster traffic goes over this LAN.")
pc.defineParameter(
    "linkSpeed", "Speed of the LAN", portal.ParameterType.INTEGER, 0,
    [(0, "Any"), (1000000, "1 Gb/s"), (10000000, "10 Gb/s"), (25000000, "25 Gb/s"), (100000000, "100 Gb/s")],
    advanced=True, longDescription="In kb/s as geni-lib counts. The hardware type must have links of that speed.")
pc.defineParameter(
    "vhiveRepository", "Repository of vHive", portal.ParameterType.STRING, "", advanced=True,
    longDescription="owner/name on GitHub, such as that of a fork. Empty: vHive's own.")
pc.defineParameter(
    "vhiveRef", "Version of vHive", portal.ParameterType.STRING, "", advanced=True,
    longDescription="Branch, tag or commit of that repository. Empty: the commit that is known to work.")
pc.defineParameter(
    "source", "Repository of the bootstrapper", portal.ParameterType.STRING, "", advanced=True,
    longDescription="https address of a public git repository. Empty: that of this profile, in /local/repository.")
pc.defineParameter(
    "sourceRef", "Version of the bootstrapper", portal.ParameterType.STRING, "", advanced=True,
    longDescription="Branch, tag (a release) or commit of that repository. Empty: its default branch.")
pc.defineParameter(
    "growRoot", "Grow the root file system", portal.ParameterType.BOOLEAN, True, advanced=True,
    longDescription="Where it has too little room: over what follows it on its disk, swap and empty partitions included.")
params = pc.bindParameters()


def refuse(message, *names):
    """Has the portal show this message at these parameters."""
    pc.reportError(portal.ParameterError(message, list(names)))


def network_of(text):
    """(first address as a number, length of the prefix) of a network such as 10.10.1.0/24; None for anything else."""
    match = re.match(r"^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})/(\d{1,2})$", text)
    if not match:
        return None
    numbers = [int(part) for part in match.groups()]
    octets, prefix = numbers[:4], numbers[4]
    first = sum(octet << shift for octet, shift in zip(octets, (24, 16, 8, 0)))
    if max(octets) > 255 or not 8 <= prefix <= 29 or first % (1 << (32 - prefix)) != 0:
        return None
    return first, prefix


def dotted(number):
    """An address as people write it."""
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


if not 1 <= params.nodeCount <= MAX_NODES:
    refuse("A cluster has 1 to %d nodes." % MAX_NODES, "nodeCount")
network = network_of(params.lanNetwork)
if network is None:
    refuse("This is no network: write its first address and the length of its prefix, 10.10.1.0/24.", "lanNetwork")
elif (1 << (32 - network[1])) - 2 < params.nodeCount + SPARE_ADDRESSES:
    refuse("This network is too small for the nodes and %d addresses of the load balancer." % SPARE_ADDRESSES,
           "lanNetwork", "nodeCount")
if params.sandbox == "gvisor" and params.stargz:
    refuse("gVisor does not pull eStargz images lazily: choose another sandbox, or turn it off.", "sandbox", "stargz")
if params.hardwareType in ARM64_TYPES and params.sandbox != "stock-only":
    refuse("%s is arm64, which takes plain containers only." % params.hardwareType, "hardwareType", "sandbox")
if params.hardwareType in ARM64_TYPES and params.image.endswith("-64-STD"):
    refuse("%s is arm64 and needs an image for it, such as UBUNTU22-64-ARM." % params.hardwareType, "image")
# What is a part of a command has no character that a shell would take for its own.
if params.vhiveRepository and not re.match(r"^[\w.-]+/[\w.-]+$", params.vhiveRepository):
    refuse("Write owner/name, as in vhive-serverless/vHive.", "vhiveRepository")
if params.source and not re.match(r"^https://[\w.-]+(:\d+)?/[\w./~-]+$", params.source):
    refuse("Write the https address of a public git repository, without a password.", "source")
for name in ("vhiveRef", "sourceRef"):
    if getattr(params, name) and not re.match(r"^\w[\w./-]*$", getattr(params, name)):
        refuse("This is no branch, tag or commit.", name)
if params.sourceRef and not params.source:
    refuse("Name the repository, too; the version of the profile's own is chosen where it is instantiated.", "sourceRef",
           "source")
pc.verifyParameters()


def up_options():
    """The options of `vhive-coord up` that follow from the parameters."""
    options = ["--sandbox", params.sandbox]
    if params.stargz:
        options.append("--stargz")
    if params.vhiveRepository:
        options += ["--vhive-repo", params.vhiveRepository]
    if params.vhiveRef:
        options += ["--vhive-ref", params.vhiveRef]
    return options


def command_of(index):
    """The command that node number `index` runs at every boot."""
    grow = "grow" if params.growRoot else "keep"
    role = ["master", grow, str(params.nodeCount)] + up_options() if index == 0 else ["worker", grow]
    if not params.source:
        return " ".join(["sudo", "-n", "/local/repository/" + SCRIPT] + role)
    # The clone comes into being in one step, and may have to wait for the network.
    clone = "git clone -q %s source.part" % params.source
    if params.sourceRef:
        clone += " && git -C source.part checkout -q %s" % params.sourceRef
    fetch = ("mkdir -p /local/vhive && cd /local/vhive && for try in $(seq 30); do [ -e source ] && break; "
             "rm -rf source.part; %s && mv source.part source || sleep 10; done; [ -e source ] && exit; "
             "echo \"%s\" >result.json; echo 6 >exit-code; exit 6" % (clone, NOT_CLONED % params.source))
    return "sudo -n bash -c '%s' && %s" % (fetch, " ".join(["sudo", "-n", "/local/vhive/source/" + SCRIPT] + role))


request = pc.makeRequestRSpec()
lan = request.LAN("vhive-lan") if params.nodeCount > 1 else None
if lan is not None and params.linkSpeed > 0:
    lan.bandwidth = params.linkSpeed
mask = dotted((0xFFFFFFFF << (32 - network[1])) & 0xFFFFFFFF)
for index in range(params.nodeCount):
    node = request.RawPC("node-%d" % index)
    node.disk_image = params.image
    if params.hardwareType:
        node.hardware_type = params.hardwareType
    if lan is not None:
        interface = node.addInterface("if0")
        interface.addAddress(pg.IPv4Address(dotted(network[0] + 1 + index), mask))
        lan.addInterface(interface)
    node.addService(pg.Execute(shell="bash", command=command_of(index)))
pc.printRequestRSpec(request)
