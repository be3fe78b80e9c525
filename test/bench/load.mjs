// Sends prepared HTTP requests over kept connections, as cheaply as one process can, and counts the answers.
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { serve } from './child.mjs';

const GRACE_MS = 5_000;
const TWO = 0x32;
/** Where the status begins after `HTTP/1.1 `. */
const STATUS_AT = 9;

/**
 * One connection with one request under way at a time. All good answers of a route have one length, so after the first
 * one bytes are only counted: the generator must cost less than what it measures.
 */
class Connection {
  constructor(port, onAnswer) {
    this.busy = false;
    this.length = 0;
    this.got = 0;
    this.good = true;
    this.first = '';
    this.onAnswer = onAnswer;
    this.socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    this.opened = new Promise((done, fail) => this.socket.once('connect', done).once('error', fail));
    this.socket.on('data', (chunk) => this.take(chunk));
    this.socket.on('error', () => onAnswer(this, false));
  }

  send(request) {
    this.busy = true;
    this.socket.write(request);
  }

  take(chunk) {
    if (this.got === 0) this.good = chunk[STATUS_AT] === TWO;
    this.got += chunk.length;
    if (this.length === 0 || !this.good) this.measure(chunk);
    else if (this.got >= this.length) this.answered();
  }

  measure(chunk) {
    this.first += chunk.toString('latin1');
    const length = lengthOf(this.first);
    if (length === null || this.first.length < length) return;
    if (this.good) this.length = length;
    this.first = '';
    this.answered();
  }

  answered() {
    this.got = 0;
    this.busy = false;
    this.onAnswer(this, this.good);
  }
}

function lengthOf(text) {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  return end + 4 + Number(/content-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
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
  const all = await connect(port, connections, (connection, fine) => {
    if (fine) good++;
    else bad++;
    if (running) send(connection);
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
  const all = await connect(port, connections, (connection, fine) => {
    if (!fine) bad++;
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
