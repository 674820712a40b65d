"""Neutron as uWSGI serves it on the rig."""

import os

from neutron.wsgi.api import application as neutron

from rig_answers import Answers

application = Answers(neutron, os.environ['RIG_FAULTS'])
