import type { Line } from './measure.ts';

const ROW = 34;
const LEFT = 190;
const WIDTH = 780;
const SCALE = 420;

/** Ratios to their floors as bars, in SVG; the line is the floor. Bars beyond twice the floor are cut there. */
export function plot(lines: readonly Line[], caption: string): string {
  const height = 60 + lines.length * ROW;
  const floor = LEFT + SCALE / 2;
  const rows = lines.map(({ name, ratio, rate }, index) => {
    const top = 36 + index * ROW;
    const width = Math.max(2, (Math.min(ratio, 2) * SCALE) / 2);
    return `<text x="${LEFT - 10}" y="${top + 15}" text-anchor="end">${name}</text>
<rect x="${LEFT}" y="${top}" width="${width.toFixed(0)}" height="20" rx="3" fill="${ratio < 1 ? '#c9782b' : '#2f7d5b'}"/>
<text x="${(LEFT + width + 8).toFixed(0)}" y="${top + 15}">${ratio.toFixed(2)} (${Math.round(rate)}/s)</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#1c2430">
<title>Ratios to their floors</title>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="${floor}" y="20" text-anchor="middle">its floor</text>
<line x1="${floor}" y1="26" x2="${floor}" y2="${height - 30}" stroke="#8a94a3" stroke-dasharray="4 4"/>
${rows.join('\n')}
<text x="20" y="${height - 10}" font-size="11">${caption}</text>
</svg>
`;
}
