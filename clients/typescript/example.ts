// Checked by the compiler and never run: what the client takes and gives is what the API says.
import { hustings, type Schemas } from './index.js';

const client = hustings('https://talk.example', 'hk_secret');

export async function evening(): Promise<Schemas['ConversationView'] | undefined> {
  const { data: made, error } = await client.POST('/api/v1/conversations', { body: { title: 'An evening', slug: 'evening' } });
  if (error) throw new Error(error.detail);
  // @ts-expect-error a conversation has no such field
  void made.nosuch;
  // @ts-expect-error there is no such operation
  void client.DELETE('/api/v1/conversations/{slug}');
  const { data } = await client.GET('/api/v1/conversations/{slug}', { params: { path: { slug: made.slug } } });
  return data;
}
