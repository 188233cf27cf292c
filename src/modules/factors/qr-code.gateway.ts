import { renderSVG } from 'uqr';

/** A text as a QR code: markup of an SVG image, black on white whatever the page's colours, as cameras want it. */
export function qrCodeSvg(text: string): string {
  return renderSVG(text, { border: 2, pixelSize: 5 });
}
