/** What an agent tells about itself for `vhive-agent status`. It holds no secret. */
export interface AgentStatus {
  version: string;
  pid: number;
  node: string;
  /** The address of the coordinator, as `host:port`. */
  coordinator: string;
  /** The name of the cluster; undefined while the agent is not enrolled. */
  cluster: string | undefined;
  enrolled: boolean;
  /** Whether the agent is connected to NATS at this moment. */
  connected: boolean;
  /** Whether the coordinator has answered a heartbeat since the agent was started. */
  registered: boolean;
  /** The ids of the attempts that are under way. */
  attempts: string[];
  /** The number of results that wait for their acknowledgement. */
  outbox: number;
  /** The numbers of messages that were dropped, by reason. */
  rejected: Record<string, number>;
  /** The agent's clock minus the coordinator's, in milliseconds; null while they were not compared yet. */
  clockOffsetMs: number | null;
  uptimeSeconds: number;
  simulated: boolean;
}
