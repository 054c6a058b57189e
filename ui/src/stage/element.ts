// The stage (written next).
import type { HustingsPlayer } from '../player/player';
import type { Token } from './token';
export function mountStage(_main: HTMLElement, _player: HustingsPlayer, _token: Token): void {}
