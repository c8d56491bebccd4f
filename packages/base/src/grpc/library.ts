// The parts of the gRPC library that are used here, exported by name: the library is CommonJS, which a bundler can load
// late only as one default export. Import this file only where a call is made, because it costs an idle agent about 15
// MB.
export { Client, credentials, Server, ServerCredentials, status } from '@grpc/grpc-js';
