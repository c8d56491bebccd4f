/** What an agent tells about itself (`vhive-agent status`). Holds no secret. */
export interface AgentStatus {
  version: string;
  pid: number;
  node: string;
  /** `host:port`. */
  coordinator: string;
  /** undefined: not enrolled (yet). */
  cluster: string | undefined;
  enrolled: boolean;
  /** Connected to NATS at this moment. */
  connected: boolean;
  /** The coordinator has answered a heartbeat since the agent was started. */
  registered: boolean;
  /** Ids of the attempts under way. */
  attempts: string[];
  /** Results that wait for their acknowledgement. */
  outbox: number;
  /** Messages dropped, by reason. */
  rejected: Record<string, number>;
  /** Agent's clock minus coordinator's, milliseconds. */
  clockOffsetMs: number | null;
  uptimeSeconds: number;
  simulated: boolean;
}
