import { type Noun, verb } from '../command.ts';

const load = verb({
  name: 'load',
  summary: 'sells and provisions the demo in the running stack; run twice it changes nothing',
  words: [],
  options: {},
  examples: [{ command: 'demo load', means: 'for a stack that was started with DEMO=false' }],
  async run({ place, note }) {
    note('Selling and provisioning; a new instance takes a few seconds …');
    const { prepareDemo } = await import('@farutech/local/demo/prepare-demo');
    let loaded = '';
    await prepareDemo({
      settings: { ...place.settings, demo: true },
      stack: place.stack(),
      note(detail) {
        loaded = detail;
      },
    });
    return { text: loaded, data: { loaded } };
  },
});

export const demo: Noun = {
  name: 'demo',
  summary: 'the products, customers and logins to try it with',
  verbs: [load],
};
