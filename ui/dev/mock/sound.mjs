// A live fragmented MP4 from ffmpeg, with the media time of each conversation written into every fragment.
//
// ffmpeg counts from zero; a conversation counts from its lobby. So the fragments are cut out of ffmpeg's output and
// their tfdt is rewritten for whoever asks. Nothing here is shipped.
import { spawn } from 'node:child_process';

const RATE = 48000;

export class Sound {
  init = null;
  recent = [];
  takers = new Set();

  constructor(inputs) {
    const args = [
      '-hide_banner',
      '-loglevel',
      'error',
      '-re',
      ...inputs,
      '-ac',
      '1',
      '-ar',
      '48000',
      '-c:a',
      'libopus',
      '-b:a',
      '96k',
    ];
    const mp4 = [
      '-f',
      'mp4',
      '-movflags',
      '+empty_moov+default_base_moof+frag_keyframe',
      '-frag_duration',
      '200000',
      '-flush_packets',
      '1',
      'pipe:1',
    ];
    this.child = spawn('ffmpeg', [...args, ...mp4], { stdio: ['ignore', 'pipe', 'inherit'] });
    let rest = Buffer.alloc(0);
    let fragment = [];
    this.child.stdout.on('data', (bytes) => {
      rest = Buffer.concat([rest, bytes]);
      while (rest.length >= 8 && rest.length >= rest.readUInt32BE(0)) {
        const box = rest.subarray(0, rest.readUInt32BE(0));
        rest = rest.subarray(box.length);
        const type = box.toString('latin1', 4, 8);
        if (type === 'moof') fragment = [box];
        else if (type === 'mdat') this.push(Buffer.concat([...fragment, box]));
        else if (type === 'ftyp') this.init = box;
        else if (type === 'moov') this.init = Buffer.concat([this.init, box]);
      }
    });
  }

  push(bytes) {
    const one = { bytes, at: Date.now() };
    this.recent = [...this.recent.slice(-4), one];
    for (const take of this.takers) take(one);
  }

  /** Streams to a response, on the timeline that began at `epochMs`. */
  serve(response, epochMs) {
    response.writeHead(200, {
      'content-type': 'audio/mp4',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
    });
    response.write(this.init);
    let next = null;
    const take = ({ bytes, at }) => {
      const fragment = Buffer.from(bytes);
      const tfdt = fragment.indexOf('tfdt');
      const trun = fragment.indexOf('trun');
      const samples = fragment.readUInt32BE(trun + 8) * 960;
      next ??= Math.round(((at - epochMs) * RATE) / 1000) - samples;
      if (fragment[tfdt + 4] === 1) fragment.writeBigUInt64BE(BigInt(next), tfdt + 8);
      else fragment.writeUInt32BE(next, tfdt + 8);
      next += samples;
      response.write(fragment);
    };
    for (const one of this.recent) take(one);
    this.takers.add(take);
    response.on('close', () => this.takers.delete(take));
  }
}
