// An agent in Node.js: asks the node who it is, with a module of its own. No packages.
'use strict';
const workload = require('./workload.js');

const GREETING = 'books the invoices';

workload.spiffeId(process.env.SPIFFE_ENDPOINT_SOCKET).then(
  (id) => console.log('identity', id, GREETING),
  (refused) => {
    console.log('no identity:', refused.message);
    process.exitCode = 1;
  },
);
