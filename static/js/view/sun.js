// @ts-check
// When the sun rises and sets at a station, as `src/pages/sunlight.rs` tells it. Pure: time is an argument.
import { date } from './zone.js';

/** @typedef {import('./zone.js').Zone} Zone */
/**
 * @typedef {object} Sunlight
 * @property {boolean} up whether it is up when the first day begins
 * @property {[at: number, rises: boolean][]} changes in order, of some days
 */

/** Whether the sun is up. @param {Sunlight} sun @param {number} now */
export const isUp = ({ up, changes }, now) => changes.findLast(([at]) => at <= now)?.[1] ?? up;

/** Sunrise and sunset of the local day. @param {Sunlight} sun @param {Zone} zone @param {number} now */
export function ofDay({ changes }, zone, now) {
  const today = date(zone, now);
  const ofToday = changes.filter(([at]) => date(zone, at) === today);
  return { rise: ofToday.find(([, rises]) => rises)?.[0], set: ofToday.findLast(([, rises]) => !rises)?.[0] };
}

/** What is to be said of a day without both. @param {Sunlight} sun @param {Zone} zone @param {number} now */
export function noteOf(sun, zone, now) {
  const { rise, set } = ofDay(sun, zone, now);
  if (rise !== undefined || set !== undefined) return '';
  return isUp(sun, now) ? 'The sun does not set today.' : 'The sun does not rise today.';
}
