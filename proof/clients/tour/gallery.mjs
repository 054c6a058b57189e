// The page that shows the pictures of a tour: one row for each state, at a phone's and a desk's width, with ways to the others.

import { existsSync, writeFileSync } from 'node:fs';

const HEAD = `# Every page, in every state

Made by \`make screens\` from a server with conversations in every state, and by nobody's hand. Each state is there at 360, 768 and
1440 px, in light and in dark; \`proof/clients/tour/states.mjs\` has the rows.
`;

export function gallery(folder, states, widths, schemes) {
  const rows = states.map(({ name, says }) => {
    const file = (width, scheme) => `${name}-${width}-${scheme}.webp`;
    const made = (one) => existsSync(`${folder}/${one}`);
    const all = widths.flatMap((width) => schemes.map((scheme) => [`${width} ${scheme}`, file(width, scheme)]));
    const links = all.filter(([, one]) => made(one)).map(([label, one]) => `[${label}](${one})`);
    const shown = [file(360, 'light'), file(360, 'dark'), file(1440, 'light')].filter(made);
    const pictures = shown.map((one) => `<img src="${one}" alt="${says}, ${one.replace('.webp', '')}" height="420">`);
    return `## ${says}\n\n\`${name}\`: ${links.join(' · ')}\n\n${pictures.join(' ')}\n`;
  });
  writeFileSync(`${folder}/README.md`, [HEAD, ...rows].join('\n'));
}
