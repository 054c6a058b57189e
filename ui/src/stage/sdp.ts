// The few lines of SDP that WHIP needs to be taken apart: ICE credentials and candidates, in offers, answers, fragments.
//
// RFC 9725 trickles candidates and restarts ICE with `application/trickle-ice-sdpfrag` (RFC 8840); the browser knows only
// whole descriptions. Pure: text in, text out. Of what is negotiated it changes one thing: it offers to send Opus again.

export interface Credentials {
  ufrag: string;
  pwd: string;
}

const attribute = (sdp: string, name: string): string | null =>
  new RegExp(`^a=${name}:(.*?)\\r?$`, 'm').exec(sdp)?.[1] ?? null;

/** The ICE credentials of a description or fragment, or null when it has none. */
export function credentials(sdp: string): Credentials | null {
  const ufrag = attribute(sdp, 'ice-ufrag');
  const pwd = attribute(sdp, 'ice-pwd');
  return ufrag && pwd ? { ufrag, pwd } : null;
}

/** The candidate lines of a description or fragment, without `a=`. */
export function candidates(sdp: string): string[] {
  return [...sdp.matchAll(/^a=(candidate:.*?)\r?$/gm)].map((m) => m[1] as string);
}

/**
 * A fragment for PATCH: the offer's credentials and these candidates (each beginning with `candidate:`), and the mark of
 * the end when there will be no more.
 */
export function fragment(offer: string, found: readonly string[], complete: boolean): string {
  const own = credentials(offer);
  const media = /^m=.*?\r?$/m.exec(offer)?.[0].trim() ?? 'm=audio 9 UDP/TLS/RTP/SAVPF 0';
  const group = attribute(offer, 'group');
  const options = attribute(offer, 'ice-options');
  const lines = [
    options && `a=ice-options:${options}`,
    group && `a=group:${group}`,
    media,
    `a=mid:${attribute(offer, 'mid') ?? '0'}`,
    own && `a=ice-ufrag:${own.ufrag}`,
    own && `a=ice-pwd:${own.pwd}`,
    ...found.map((c) => `a=${c}`),
    complete && 'a=end-of-candidates',
  ];
  return `${lines.filter(Boolean).join('\r\n')}\r\n`;
}

/**
 * An offer that also offers to send lost Opus packets again (`a=rtcp-fb:… nack`). Browsers can, for sound too, but do not say
 * so; beside redundancy (RFC 2198) it is what a line that loses two packets in a row is mended by.
 */
export function withRetransmission(offer: string): string {
  return offer.replace(/^a=rtpmap:(\d+) opus\/48000.*?\r?\n/gim, (line, type: string) =>
    new RegExp(`^a=rtcp-fb:${type} nack\\r?$`, 'm').test(offer) ? line : `${line}a=rtcp-fb:${type} nack\r\n`,
  );
}

/** The answer as it is after an ICE restart: with the credentials and candidates of the server's fragment. */
export function restarted(answer: string, serverFragment: string): string | null {
  const fresh = credentials(serverFragment);
  if (!fresh) return null;
  const offered = candidates(serverFragment);
  let changed = answer
    .replace(/^a=ice-ufrag:.*?\r?$/gm, `a=ice-ufrag:${fresh.ufrag}\r`)
    .replace(/^a=ice-pwd:.*?\r?$/gm, `a=ice-pwd:${fresh.pwd}\r`);
  if (offered.length) {
    changed = changed.replace(/^a=(candidate:.*|end-of-candidates)\r?\n/gm, '');
    changed = `${changed.trimEnd()}\r\n${offered.map((c) => `a=${c}\r\n`).join('')}`;
  }
  return changed.replace(/\r\r/g, '\r');
}

/** The ICE servers of a `Link` header (RFC 9725, section 4.6). */
export function iceServers(link: string | null): RTCIceServer[] {
  if (!link) return [];
  return link.split(/,(?=\s*<)/).flatMap((one) => {
    const url = /<([^>]+)>/.exec(one)?.[1];
    if (!url || !/rel="?ice-server"?/.test(one)) return [];
    const of = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(one)?.[1];
    const server: RTCIceServer = { urls: url };
    const username = of('username');
    const credential = of('credential');
    if (username) server.username = username;
    if (credential) server.credential = credential;
    return [server];
  });
}
