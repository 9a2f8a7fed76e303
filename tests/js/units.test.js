// @ts-check
import { difference, format, number, text } from '../../static/js/view/format.js';
import { isFahrenheit, otherScale } from '../../static/js/view/units.js';
import { equal, test } from './check.js';

test('each unit is chosen by itself, and a comma stands where people read and nowhere else', () => {
  const units = { 'm/s': 'kn', hPa: 'mmHg', mm: 'in', 'mm/h': 'in/h', decimal: ',' };
  equal(text('wind_speed', 10, units), '19 kn');
  equal(text('sea_level_pressure', 1013.25, units), '760,0 mmHg');
  equal(text('roof/precipitation_rate', 12.7, units), '0,50 in/h');
  equal(number('temperature', -4.05, units), '−4,0');
  equal(difference('temperature', 0.6, units), '+0,6 °C');
  equal(format('temperature', -4.05, units), '-4.0', 'as programs read it');
  equal(text('wind_speed', 10, { 'm/s': 'furlongs' }), '10.0 m/s', 'what nobody knows changes nothing');
});

test('the other scale of temperatures leaves all other units as they are', () => {
  const other = otherScale({ 'm/s': 'kn' });
  equal([isFahrenheit(other), other['m/s'], isFahrenheit(otherScale(other))], [true, 'kn', false]);
});
