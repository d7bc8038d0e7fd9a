"""GET ``/v1/agent/self``: configuration, membership and numbers of the agent (shape observed on 0.5.4)."""

from typing import TYPE_CHECKING, Any

from mockserver.gostd.fmt import duration
from mockserver.gostd.numbers import Float64
from mockserver.operations.alloc_dir import DATA_DIR
from mockserver.operations.results import Answer, Parameters
from mockserver.operations.server_list import HEARTBEAT
from mockserver.operations.servers import member
from mockserver.version import NOMAD_VERSION

if TYPE_CHECKING:
    from mockserver.operations.agent import Agent

Stats = dict[str, dict[str, str]]


def read_self(agent: "Agent", _target: str, _query: Parameters) -> Answer:
    """Return the agent as server and, where it has a node, as client."""
    region = agent.local.region
    return Answer({"config": _config(agent), "member": member(agent, region), "stats": _stats(agent)})


def _config(agent: "Agent") -> dict[str, Any]:
    region, host = agent.local.region, agent.advertised_host
    ports = {"HTTP": agent.port, "RPC": agent.rpc_port(region), "Serf": agent.serf_port(region)}
    return {
        **_CONFIG,
        "Addresses": dict.fromkeys(ports, agent.host),
        "AdvertiseAddrs": {name: f"{host}:{port}" for name, port in ports.items()},
        "BindAddr": agent.host,
        "Client": {**_CONFIG["Client"], "Enabled": agent.node is not None},
        "DataDir": DATA_DIR,
        "Datacenter": agent.datacenter,
        "Ports": ports,
        "Region": region,
    }


def _stats(agent: "Agent") -> Stats:
    index, leader = str(agent.local.state.index), agent.rpc_address(agent.local.region)
    stats = {
        "nomad": {
            "bootstrap": "false",
            "known_regions": str(len(agent.regions)),
            "leader": "true",
            "leader_addr": leader,
            "server": "true",
        },
        "raft": {**_RAFT, "applied_index": index, "commit_index": index, "last_log_index": index, "raft_peers": leader},
        "runtime": _RUNTIME,
        "serf": {**_SERF, "members": str(len(agent.regions))},
    }
    return stats if agent.node is None else {**stats, "client": _client(agent, agent.node["ID"])}


def _client(agent: "Agent", node_id: str) -> dict[str, str]:
    allocations = agent.local.state.allocations_of_node(node_id)
    return {
        "heartbeat_ttl": duration(HEARTBEAT),
        "known_servers": ",".join(agent.servers()),
        "last_heartbeat": duration(agent.local.clock.now() % HEARTBEAT),
        "node_id": node_id,
        "num_allocations": str(len(allocations)),
    }


_RAFT = {
    "fsm_pending": "0",
    "last_contact": "never",
    "last_log_term": "1",
    "last_snapshot_index": "0",
    "last_snapshot_term": "0",
    "num_peers": "0",
    "state": "Leader",
    "term": "1",
}
_SERF = {
    "encrypted": "false",
    "event_queue": "0",
    "event_time": "1",
    "failed": "0",
    "health_score": "0",
    "intent_queue": "0",
    "left": "0",
    "member_time": "1",
    "query_queue": "0",
    "query_time": "1",
}
_RUNTIME = {
    "arch": "amd64",
    "cpu_count": "4",
    "goroutines": "64",
    "kernel.name": "linux",
    "max_procs": "4",
    "version": "go1.8",
}
_CONFIG: dict[str, Any] = {
    "Atlas": {"Endpoint": "", "Infrastructure": "", "Join": False},
    "Client": {
        "AllocDir": "",
        "ChrootEnv": {},
        "ClientMaxPort": 14512,
        "ClientMinPort": 14000,
        "Enabled": True,
        "GCDiskUsageThreshold": Float64(99.0),
        "GCInodeUsageThreshold": Float64(99.0),
        "GCInterval": 600000000000,
        "MaxKillTimeout": "30s",
        "Meta": {},
        "NetworkInterface": "lo",
        "NetworkSpeed": 0,
        "NodeClass": "",
        "Options": {},
        "Reserved": {"CPU": 0, "DiskMB": 0, "IOPS": 0, "MemoryMB": 0, "ParsedReservedPorts": None, "ReservedPorts": ""},
        "Servers": None,
        "StateDir": "",
    },
    "Consul": {
        "Addr": "",
        "Auth": "",
        "AutoAdvertise": True,
        "CAFile": "",
        "CertFile": "",
        "ChecksUseAdvertise": False,
        "ClientAutoJoin": True,
        "ClientServiceName": "nomad-client",
        "EnableSSL": False,
        "KeyFile": "",
        "ServerAutoJoin": True,
        "ServerServiceName": "nomad",
        "Timeout": 5000000000,
        "Token": "",
        "VerifySSL": False,
    },
    "DevMode": False,
    "DisableAnonymousSignature": True,
    "DisableUpdateCheck": True,
    "EnableDebug": False,
    "EnableSyslog": False,
    "Files": None,
    "HTTPAPIResponseHeaders": {},
    "LeaveOnInt": False,
    "LeaveOnTerm": False,
    "LogLevel": "INFO",
    "NodeName": "",
    "Revision": "",
    "Server": {
        "BootstrapExpect": 0,
        "DataDir": "",
        "Enabled": True,
        "EnabledSchedulers": None,
        "HeartbeatGrace": "",
        "NodeGCThreshold": "",
        "NumSchedulers": 0,
        "ProtocolVersion": 0,
        "RejoinAfterLeave": False,
        "RetryInterval": "30s",
        "RetryJoin": [],
        "RetryMaxAttempts": 0,
        "StartJoin": [],
    },
    "SyslogFacility": "LOCAL0",
    "TLSConfig": {
        "CAFile": "",
        "CertFile": "",
        "EnableHTTP": False,
        "EnableRPC": False,
        "KeyFile": "",
        "VerifyServerHostname": False,
    },
    "Telemetry": {
        "CirconusAPIApp": "",
        "CirconusAPIToken": "",
        "CirconusAPIURL": "",
        "CirconusBrokerID": "",
        "CirconusBrokerSelectTag": "",
        "CirconusCheckDisplayName": "",
        "CirconusCheckForceMetricActivation": "",
        "CirconusCheckID": "",
        "CirconusCheckInstanceID": "",
        "CirconusCheckSearchTag": "",
        "CirconusCheckSubmissionURL": "",
        "CirconusCheckTags": "",
        "CirconusSubmissionInterval": "",
        "CollectionInterval": "1s",
        "DataDogAddr": "",
        "DisableHostname": False,
        "PublishAllocationMetrics": False,
        "PublishNodeMetrics": False,
        "StatsdAddr": "",
        "StatsiteAddr": "",
        "UseNodeName": False,
    },
    "Vault": {
        "Addr": "https://vault.service.consul:8200",
        "AllowUnauthenticated": True,
        "ConnectionRetryIntv": 30000000000,
        "Enabled": None,
        "Role": "",
        "TLSCaFile": "",
        "TLSCaPath": "",
        "TLSCertFile": "",
        "TLSKeyFile": "",
        "TLSServerName": "",
        "TLSSkipVerify": None,
        "TaskTokenTTL": "",
        "Token": "",
    },
    "Version": NOMAD_VERSION,
    "VersionPrerelease": "",
}
