// @ts-check
// The live end: what trucks bring of the station, and of those that are laid over.
import { chosenFleet } from '../page/choice.js';
import { connect } from '../tabs/link.js';

/**
 * @param {{watch: string[], build: string, cursor: string}} page
 * @param {{report: (station: string, at: number, values: Record<string, number>) => void, past: () => void}} on
 */
export function follow({ watch, build, cursor }, on) {
  const fleet = chosenFleet(location.search, () => localStorage);
  const home = connect({
    fleet,
    build,
    state: { seen: cursor, watch },
    apply(items) {
      for (const item of /** @type {any[]} */ (items)) {
        if (!watch.includes(item.station)) continue;
        if (item.kind === 'report' && !item.late) on.report(item.station, item.observed_at, item.values);
        else if (['report', 'backfill', 'station'].includes(item.kind)) on.past();
      }
    },
    onReload: () => location.reload(),
    storage: null,
  });
  home.visible = !document.hidden;
  document.addEventListener('visibilitychange', () => {
    home.visible = !document.hidden;
    if (!document.hidden) home.wake();
  });
  addEventListener('online', () => home.online());
  addEventListener('offline', () => home.offline());
  addEventListener('pagehide', () => home.rest());
  addEventListener('pageshow', (event) => event.persisted && location.reload());
  home.start({ seen: cursor, watch });
}
