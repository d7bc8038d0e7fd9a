"""HCL as Nomad 0.5 reads it, and the jobs that are written in it."""

from mockserver.hcl.job import job_in
from mockserver.hcl.scanner import HclError

__all__ = ["HclError", "job_in"]
