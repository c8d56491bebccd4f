// What is used of gRPC, under names of its own: the library is CommonJS, which a bundler loads late only as one default
// export. Import this late, where a call is made: it costs an idle agent some 15 MB.
export { Client, credentials, Server, ServerCredentials, status } from '@grpc/grpc-js';
