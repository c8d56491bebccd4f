"""Stands in for geni.portal: the parameters come from PARAMETERS (a JSON object), and what the profile asks for is
printed as JSON. Like the portal, it takes no value that a parameter does not list."""

import json
import os
import sys
import types

from geni.rspec import pg


class ParameterType(object):
    INTEGER = "integer"
    STRING = "string"
    BOOLEAN = "boolean"
    IMAGE = "image"
    NODETYPE = "nodetype"


class ParameterError(Exception):
    def __init__(self, message, paramList=None):
        super(ParameterError, self).__init__(message)
        self.message = message
        self.params = paramList or []


class Context(object):
    def __init__(self):
        self.parameters = {}
        self.errors = []

    def defineParameter(self, name, description, typ, defaultValue, legalValues=None, longDescription=None,
                        inputFieldHint=None, inputConstraints=None, advanced=False, groupId=None, hide=False, prefix="",
                        groupName=None, itemDefaultValue=None, min=None, max=None, multiValue=False):
        if name in self.parameters:
            raise ValueError("defined twice: " + name)
        self.parameters[name] = (typ, defaultValue, legalValues)

    def bindParameters(self):
        given = json.loads(os.environ.get("PARAMETERS", "{}"))
        values = {}
        for name, (_, default, legal) in self.parameters.items():
            values[name] = given.pop(name, default)
            if legal and values[name] not in [entry[0] for entry in legal]:
                raise ValueError("not offered: %s %r" % (name, values[name]))
        if given:
            raise ValueError("no such parameters: %s" % sorted(given))
        return types.SimpleNamespace(**values)

    def reportError(self, error):
        self.errors.append({"message": error.message, "parameters": error.params})

    def verifyParameters(self):
        if self.errors:
            print(json.dumps({"errors": self.errors}))
            sys.exit(1)

    def makeRequestRSpec(self):
        return pg.Request()

    def printRequestRSpec(self, request):
        print(json.dumps(request.recorded()))
