// @ts-check
import { Patience } from '../../static/js/channel/patience.js';
import { equal, ok, test } from './check.js';
import { VirtualClock } from './virtual.js';

const CAP_MS = 3_000;

/** A patience whose chance is always the longest wait, and how often its waits were over. */
function patience() {
  const clock = new VirtualClock();
  const over = { times: 0 };
  const began = clock.now();
  const patient = new Patience(
    clock,
    () => 1,
    () => over.times++,
  );
  return { clock, over, patient, waits: () => (patient.until === null ? null : patient.until - began) };
}

test('a single cut of a truck that had been out for long costs no wait; a second one does', () => {
  const { patient, waits } = patience();
  patient.lost(1_000, CAP_MS);
  equal([waits(), patient.tried], [null, true]);
  patient.lost(1_000, CAP_MS);
  equal(waits(), 1_000);
});

test('of two waits the longer holds, and rings once', async () => {
  const { clock, over, patient, waits } = patience();
  patient.sentAway(2_000, CAP_MS);
  patient.lost(0, CAP_MS);
  equal(waits(), 2_000, 'not shortened');
  patient.lost(0, CAP_MS, 2_500);
  equal(waits(), 2_500);
  await clock.run(10_000);
  equal([over.times, waits(), clock.pending], [1, null, 0]);
});

test('a wait that the dock asked for stays one when a failure makes it longer', () => {
  const { patient, waits } = patience();
  patient.sentAway(100, CAP_MS);
  patient.lost(0, CAP_MS);
  equal(waits(), 500);
  patient.fine();
  equal(waits(), 500, 'a success does not end it');
  patient.reset();
  equal([waits(), patient.tried], [null, false]);
});

test('a success ends a wait that nobody asked for', () => {
  const { clock, patient, waits } = patience();
  patient.lost(0, CAP_MS);
  patient.fine();
  equal([waits(), patient.tried, clock.pending], [null, false, 0]);
});

test('a thousand failures are no longer a wait than ten', () => {
  const { patient, waits } = patience();
  for (let failure = 0; failure < 5_000; failure++) patient.lost(0, CAP_MS);
  equal(waits(), CAP_MS);
});

test('two fruitless trucks are normal, a third one waits, and a fruitful one is a new beginning', () => {
  const { patient, waits } = patience();
  patient.home(true, CAP_MS);
  patient.home(true, CAP_MS);
  equal(waits(), null);
  patient.home(false, CAP_MS);
  patient.home(true, CAP_MS);
  patient.home(true, CAP_MS);
  ok(waits() === null, 'counted anew');
  patient.home(true, CAP_MS);
  equal(waits(), 500);
});
