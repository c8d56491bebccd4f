/** The port of the coordinator's HTTPS server, which serves enrolment, artifacts, the API and the dashboard. */
export const DEFAULT_HTTPS_PORT = 7443;

/** The port of the NATS server that the coordinator supervises. */
export const DEFAULT_NATS_PORT = 7422;
