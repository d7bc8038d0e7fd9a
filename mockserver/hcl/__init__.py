"""HCL as Nomad 0.5 reads it, and the jobs that are written in it."""

from mockserver.hcl.files import SUFFIXES, decoded, is_hcl
from mockserver.hcl.job import job_in, registration
from mockserver.hcl.parser import parse
from mockserver.hcl.places import place_of
from mockserver.hcl.scanner import HclError

__all__ = ["SUFFIXES", "HclError", "decoded", "is_hcl", "job_in", "parse", "place_of", "registration"]
