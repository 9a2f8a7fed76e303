// @ts-check
/** The name of a worker: pages of one build with one fleet share one, and no others do. */

/**
 * @param {string} build
 * @param {string} fleet
 */
export function nameOf(build, fleet) {
  return `stevenson-${build}-${fleet}`;
}

/**
 * The build and the fleet that a worker's name tells.
 *
 * @param {string} name
 */
export function readName(name) {
  const [, build = '', fleet = ''] = /^stevenson-([^-]*)-(.+)$/.exec(name) ?? [];
  return { build, fleet };
}
