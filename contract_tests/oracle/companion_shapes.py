"""The shape of every object that only the companion endpoints answer, in the notation of shapes."""

_STUB = "CreateIndex:i ID:s ModifyIndex:i Name:s"
_ALLOCATION = (
    f"{_STUB} ClientDescription:s ClientStatus:s CreateTime:i DesiredDescription:s DesiredStatus:s EvalID:s JobID:s "
    "NodeID:s TaskGroup:s TaskStates:{TaskState}?"
)
_NODE = f"{_STUB} Datacenter:s Drain:b NodeClass:s Status:s StatusDescription:s"
_CAPACITY = "CPU:i DiskMB:i IOPS:i MemoryMB:i"
_NETWORK = "Device:s CIDR:s IP:s MBits:i ReservedPorts:[Port]? DynamicPorts:[Port]?"
NOTATION = {
    "JobStub": f"| {_STUB} JobModifyIndex:i JobSummary:Summary ParentID:s Priority:i Status:s StatusDescription:s "
    "Type:s",
    "WholeAllocation": f"| {_ALLOCATION} AllocModifyIndex:i Job:Job Metrics:Metric PreviousAllocation:s "
    "Resources:TakenUp SharedResources:TakenUp TaskResources:{TakenUp}",
    "TakenUp": f"| {_CAPACITY} Networks:[TakenNetwork]?",
    "TakenNetwork": f"| {_NETWORK}",
    "NodeStub": f"| {_NODE}",
    "Node": f"| {_NODE} Attributes:{{s}} ComputedClass:s HTTPAddr:s Links:{{s}}? Meta:{{s}}? Reserved:Capacity? "
    "Resources:Capacity SecretID:s StatusUpdatedAt:i TLSEnabled:b",
    "Capacity": f"| {_CAPACITY} Networks:[NodeNetwork]?",
    "NodeNetwork": f"| {_NETWORK}",
    "AgentSelf": "| config:{any} member:Member stats:{any}",
    "Members": "| Members:[Member] ServerDC:s ServerName:s ServerRegion:s",
    "Member": "| Addr:s DelegateCur:i DelegateMax:i DelegateMin:i Name:s Port:i ProtocolCur:i ProtocolMax:i "
    "ProtocolMin:i Status:s Tags:{s}?",
}
STATEMENTS: dict[str, tuple[str, ...]] = {
    "JobStub": ("companion.jobs.stub-has-observed-fields",),
    "WholeAllocation": ("companion.allocation.reply-has-observed-fields",),
    "TakenUp": ("companion.allocation.reply-has-observed-fields",),
    "TakenNetwork": ("companion.allocation.reply-has-observed-fields",),
    "NodeStub": ("companion.nodes.stub-has-observed-fields",),
    "Node": ("companion.node.reply-has-observed-fields",),
    "Capacity": ("companion.node.reply-has-observed-fields",),
    "NodeNetwork": ("companion.node.reply-has-observed-fields",),
    "AgentSelf": ("companion.agent.self-has-observed-fields",),
    "Members": ("companion.agent.members-has-observed-fields",),
    "Member": ("companion.agent.members-has-observed-fields",),
}
