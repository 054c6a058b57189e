// What another site imports: <script type="module" src="https://host/assets/player.js">.
//
// This file keeps its name for ever and only leads to the hashed ones. A font cannot be declared inside a shadow root, so
// it is added to the document here.

import latin from '../style/fonts/besley-latin-700.woff2?url';
import more from '../style/fonts/besley-latin-ext-700.woff2?url';
import './player';

const faces: [string, string][] = [
  [latin, 'U+0000-00FF, U+2000-206F, U+20AC, U+2122'],
  [more, 'U+0100-02FF, U+1E00-1EFF, U+20A0-20AB, U+20AD-20C0'],
];
for (const [file, unicodeRange] of faces) {
  const url = new URL(file, import.meta.url).href;
  document.fonts.add(
    new FontFace('Besley', `url(${url}) format("woff2")`, { weight: '700', display: 'swap', unicodeRange }),
  );
}
