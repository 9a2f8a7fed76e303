// @ts-check
import { Conversation } from '../../static/js/keeper/conversation.js';
import { equal, ok, test } from './check.js';

/** @param {string} id @param {object} [more] */
const item = (id, more = {}) => ({ kind: 'words', id, from: 'you', station: 's', text: id, said_at: 1, ...more });
/** @param {string} id @param {any} state @param {object} [more] */
const said = (id, state, more = {}) => ({ id, station: 's', text: id, state, ...more });
/** @param {string} id @param {object} [more] */
const row = (id, more = {}) =>
  /** @type {any} */ ({ id, from: 'you', text: id, at: 1, waits: false, blurt: false, fate: '', reason: '', ...more });
/** @param {Conversation} conversation */
const ids = ({ words }) => words.map(({ id }) => id).join(' ');

test('a word goes its way: queued, on the road, delivered, stored, answered', () => {
  const talk = new Conversation();
  for (const state of ['queued', 'aboard', 'heard']) {
    talk.said([said('a', state)]);
    equal(
      talk.words.map(({ fate }) => fate),
      [state],
    );
    equal(talk.thinking, state === 'heard');
  }
  talk.take(item('a'));
  equal([ids(talk), talk.words[0].fate, talk.words[0].at, talk.thinking], ['a', '', 1, true]);
  talk.take(item('b', { from: 'robot', answers: 'a' }));
  equal([ids(talk), talk.thinking, talk.words[1].blurt], ['a b', false, false]);
});

test('a word that comes again is one word', () => {
  const talk = new Conversation([row('a')]);
  equal(talk.take(item('a')), undefined);
  ok(talk.take(item('b')), 'b is new');
  equal(talk.take(item('b')), undefined);
  talk.said([said('b', 'heard')]);
  equal(ids(talk), 'a b');
});

test('what is stored stands before what is on its way, in the journal’s order', () => {
  const talk = new Conversation();
  talk.said([said('mine', 'queued'), said('next', 'queued')]);
  talk.take(item('blurt', { from: 'robot' }));
  equal(ids(talk), 'blurt mine next');
  talk.take(item('next'));
  equal(ids(talk), 'blurt next mine');
  ok(talk.words[0].blurt, 'nobody asked');
});

test('words of other tabs and of before a reload are shown as queued, but not those that news will bring', () => {
  const talk = new Conversation();
  talk.said([said('old', 'queued'), said('over', 'heard')]);
  equal(ids(talk), 'old');
  talk.said([said('old', 'refused', { reason: 'too long' })]);
  equal([talk.words[0].fate, talk.words[0].reason], ['refused', 'too long']);
});

test('what is forgotten is gone, and what was not yet delivered will be said after that', () => {
  const talk = new Conversation([row('a')]);
  talk.said([said('b', 'queued')]);
  talk.forget();
  equal(ids(talk), 'b');
});

test('a fetched page shows what was missed, keeps what is older, and drops what was forgotten', () => {
  const talk = new Conversation([row('a'), row('b', { blurt: true }), row('c')]);
  talk.said([said('d', 'aboard')]);
  talk.absorb([row('b'), row('d'), row('e')]);
  equal(ids(talk), 'a b d e');
  ok(talk.words[1].blurt, 'it is still a blurt');
  talk.absorb([]);
  equal(ids(talk), '');
});

test('no page keeps more than 200 words', () => {
  const talk = new Conversation();
  for (let i = 0; i < 300; i++) talk.take(item(`w${i}`));
  equal([talk.words.length, talk.words[0].id], [200, 'w100']);
});
