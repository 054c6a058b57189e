// Passkeys in a browser: from the server's JSON to what the browser takes, and back.
//
// Bytes are base64url in JSON (WebAuthn level 3, sections 5.1 and 5.1.10). Browsers can do this by themselves only since
// lately, so it is done here. Absent: asking by itself while a form is filled in.

type Json = Record<string, unknown>;

const bytes = (text: string): ArrayBuffer =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0)).buffer;

export function base64url(buffer: ArrayBuffer): string {
  let text = '';
  for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Whether there can be passkeys at this address. */
export function possible(): boolean {
  const digits = /^\[|^\d+(\.\d+){3}$/.test(location.hostname);
  return 'PublicKeyCredential' in globalThis && !digits;
}

const listed = (all: unknown): PublicKeyCredentialDescriptor[] =>
  ((all ?? []) as { id: string; type: 'public-key'; transports?: AuthenticatorTransport[] }[]).map((one) => ({
    ...one,
    id: bytes(one.id),
  }));

/** Asks whatever passkey of this site there is. */
export async function answerOf(options: Json): Promise<Json> {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge as string),
    allowCredentials: listed(options.allowCredentials),
  } as PublicKeyCredentialRequestOptions;
  const found = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential | null;
  if (!found) throw new Error('no passkey');
  const response = found.response as AuthenticatorAssertionResponse;
  return {
    ...common(found),
    response: {
      clientDataJSON: base64url(response.clientDataJSON),
      authenticatorData: base64url(response.authenticatorData),
      signature: base64url(response.signature),
      userHandle: response.userHandle ? base64url(response.userHandle) : null,
    },
  };
}

/** Makes a passkey. */
export async function made(options: Json): Promise<Json> {
  const user = options.user as { id: string; name: string; displayName: string };
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge as string),
    user: { ...user, id: bytes(user.id) },
    excludeCredentials: listed(options.excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions;
  const found = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential | null;
  if (!found) throw new Error('no passkey');
  const response = found.response as AuthenticatorAttestationResponse;
  return {
    ...common(found),
    response: {
      clientDataJSON: base64url(response.clientDataJSON),
      attestationObject: base64url(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
}

function common(found: PublicKeyCredential): Json {
  return { id: found.id, rawId: base64url(found.rawId), type: found.type, extensions: {} };
}
