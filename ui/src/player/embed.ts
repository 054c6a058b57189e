// What another site imports: <script type="module" src="https://host/assets/player.js">.
//
// This file keeps its name for ever and only leads to the hashed ones. A font cannot be declared inside a shadow root, so
// it is added to the document here.

import latin from '../style/fonts/besley-latin-700.woff2?url';
import './player';

const face = new FontFace('Besley', `url(${new URL(latin, import.meta.url).href}) format("woff2")`, { weight: '700' });
document.fonts.add(face);
face.load().catch(() => undefined);
