// The job of all clients in TypeScript, so that each generator's types have to take the same values.

const one = <T>(item: T): [T] => [item]; // quicktype's lists that may not be empty begin with an item

export const job = (count: number) => ({
  Region: "global",
  ID: "made",
  Name: "made",
  Type: "batch" as const,
  Priority: 50,
  Datacenters: one("dc1"),
  TaskGroups: one({
    Name: "group",
    Count: count,
    Tasks: one({
      Name: "main",
      Driver: "exec" as const,
      Config: { command: "/bin/date" },
      LogConfig: { MaxFiles: 2, MaxFileSizeMB: 5 },
    }),
  }),
  ParameterizedJob: { MetaRequired: ["input"] },
});
