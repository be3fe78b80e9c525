// Sends prepared HTTP requests over kept connections, as cheaply as one process can, and counts the answers.
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { serve } from './child.mjs';

const START = 'HTTP/1.1 ';
const GRACE_MS = 5_000;

/** One connection with one request under way at a time. */
class Connection {
  constructor(port, onAnswer) {
    this.busy = false;
    this.seen = '';
    this.socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    this.opened = new Promise((done, fail) => this.socket.once('connect', done).once('error', fail));
    this.socket.on('data', (chunk) => {
      this.seen += chunk.toString('latin1');
      if (!complete(this.seen)) return;
      const status = Number(this.seen.slice(START.length, START.length + 3));
      this.seen = '';
      this.busy = false;
      onAnswer(this, status);
    });
    this.socket.on('error', () => onAnswer(this, 0));
  }

  send(request) {
    this.busy = true;
    this.socket.write(request);
  }
}

function complete(text) {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /content-length: (\d+)/i.exec(text.slice(0, end));
  return text.length >= end + 4 + Number(length?.[1] ?? 0);
}

async function connect(port, connections, onAnswer) {
  const all = Array.from({ length: connections }, () => new Connection(port, onAnswer));
  await Promise.all(all.map((one) => one.opened));
  return all;
}

let file = null;
let texts = [];

/** `requests` is the name of a file with a JSON array of texts. */
function prepared(requests) {
  if (file !== requests) {
    texts = JSON.parse(readFileSync(requests, 'utf8')).map((text) => Buffer.from(text));
    file = requests;
    next = 0;
  }
  return texts;
}

/** Goes on where the last run stopped: an event is not sent twice before all were. */
let next = 0;

/** As fast as answers come, for a while. */
async function closedLoop({ port, requests, connections, seconds }) {
  const buffers = prepared(requests);
  let good = 0;
  let bad = 0;
  let running = true;
  const send = (connection) => connection.send(buffers[next++ % buffers.length]);
  const all = await connect(port, connections, (connection, status) => {
    if (status >= 200 && status < 300) good++;
    else bad++;
    if (running && status > 0) send(connection);
  });
  const startedAt = performance.now();
  for (const one of all) send(one);
  await new Promise((done) => setTimeout(done, seconds * 1000));
  running = false;
  const answered = good;
  const took = (performance.now() - startedAt) / 1000;
  for (const one of all) one.socket.destroy();
  return { perSecond: answered / took, good: answered, bad };
}

/** A given number a second, whatever the answers do; latency counts from the moment a request was due. */
async function openLoop({ port, requests, connections, perSecond, seconds }) {
  const buffers = prepared(requests);
  const due = [];
  const latencies = [];
  let bad = 0;
  const dueAt = new Map();
  const send = (connection) => {
    const at = due.shift();
    if (at === undefined) return;
    dueAt.set(connection, at);
    connection.send(buffers[next++ % buffers.length]);
  };
  const all = await connect(port, connections, (connection, status) => {
    if (status < 200 || status >= 300) bad++;
    latencies.push(performance.now() - (dueAt.get(connection) ?? 0));
    send(connection);
  });
  const startedAt = performance.now();
  const total = perSecond * seconds;
  let offered = 0;
  while (offered < total) {
    const should = Math.min(total, ((performance.now() - startedAt) / 1000) * perSecond);
    for (; offered < should; offered++) due.push(startedAt + (offered / perSecond) * 1000);
    for (const one of all) if (!one.busy && due.length > 0) send(one);
    await new Promise((done) => setTimeout(done, 1));
  }
  const end = performance.now() + GRACE_MS;
  while (latencies.length < total && performance.now() < end)
    await new Promise((done) => setTimeout(done, 5));
  for (const one of all) one.socket.destroy();
  const sorted = latencies.toSorted((one, other) => one - other);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { offered: total, answered: latencies.length, bad, p50: at(0.5), p99: at(0.99) };
}

serve({}, { closedLoop, openLoop });
