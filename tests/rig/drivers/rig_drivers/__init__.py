"""Drivers that let the real OpenStack services run where there is no hardware.

Each one does the least that makes a service walk through the states a real
cloud shows. `rig_drivers.faults` makes chosen operations fail or take long.
"""
