import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/** Preloaded into a process: writes the address of each module that it loads into the file that LOADED_MODULES names. */
const { LOADED_MODULES: list = '' } = process.env;
registerHooks({
  load(url, context, nextLoad) {
    appendFileSync(list, `${url}\n`);
    return nextLoad(url, context);
  },
});
