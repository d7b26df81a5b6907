// The Workload API by hand, as far as it takes to learn one's own name. A real agent uses a SPIFFE library.
'use strict';
const http2 = require('node:http2');
const net = require('node:net');

function varint(data, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    value += (data[at] & 0x7f) * 2 ** shift;
    if (data[at++] < 0x80) return [value, at];
  }
}

// Field 1 of the first X.509-SVID in the answer.
function firstId(message) {
  let at;
  [, at] = varint(message, 1);
  let length;
  [length, at] = varint(message, at + 1);
  return message.subarray(at, at + length).toString();
}

exports.spiffeId = (endpoint) =>
  new Promise((resolve, reject) => {
    const path = endpoint.replace(/^unix:\/\//, '');
    const session = http2.connect('http://localhost', { createConnection: () => net.connect(path) });
    const stream = session.request({
      ':method': 'POST',
      ':path': '/SpiffeWorkloadAPI/FetchX509SVID',
      'content-type': 'application/grpc',
      te: 'trailers',
      'workload.spiffe.io': 'true',
    });
    let message = Buffer.alloc(0);
    const end = (settle, value) => {
      session.destroy();
      settle(value);
    };
    session.on('error', (error) => end(reject, error));
    stream.on('error', (error) => end(reject, error));
    stream.on('response', (headers) => {
      if (headers['grpc-status']) end(reject, new Error(headers['grpc-message'] || 'refused'));
    });
    stream.on('data', (part) => {
      message = Buffer.concat([message, part]);
      if (message.length >= 5 && message.length >= 5 + message.readUInt32BE(1)) {
        end(resolve, firstId(message.subarray(5)));
      }
    });
    stream.end(Buffer.alloc(5));
  });
