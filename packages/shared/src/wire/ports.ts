/** Port of the coordinator's HTTPS server (enrolment, artifacts, API, dashboard). */
export const DEFAULT_HTTPS_PORT = 7443;

/** Port of the NATS server the coordinator supervises. */
export const DEFAULT_NATS_PORT = 7422;
