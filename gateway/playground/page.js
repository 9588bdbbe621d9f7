import { createRoot, React, Ruru } from '../playground-assets/ruru.js';
import { createApi } from './api.js';
import { placeholders, variablesFor } from './variables.js';

// La página: pide un token de demostración si lo hay, rellena las variables con lo que corre ahora, y abre Ruru.

const { welcome, ...props } = globalThis.RURU_CONFIG;
const { demo, fetcher, run } = createApi({ ...props, tokenUrl: welcome.tokenUrl });

const withLogin = ({ email }) => `{
  // Empty: you are ${email}, with a token that renews itself.
  // To be somebody else, make token AS=admin@exito.test and put it here:
  // "Authorization": "Bearer …"
}`;
const withoutLogin = '{\n  "Authorization": "Bearer "\n}';

/** Sin entrada de demostración, o si no contesta, la página se abre igual y dice por qué. */
async function start() {
  try {
    const login = await demo();
    if (login === null) return { headers: withoutLogin, variables: placeholders };
    return { headers: withLogin(login), variables: await variablesFor(run) };
  } catch (error) {
    return { headers: `// ${error.message}\n${withoutLogin}`, variables: placeholders };
  }
}

/** Las pestañas se guardan entre visitas: la de bienvenida que nadie tocó sobra, con sus variables de entonces. */
function forgetUntouchedWelcome() {
  const key = 'graphiql:tabState';
  const { tabs } = JSON.parse(localStorage.getItem(key) ?? '{"tabs":[]}');
  const own = tabs.filter(({ query }) => query !== welcome.query);
  if (own.length === 0) localStorage.removeItem(key);
  else localStorage.setItem(key, JSON.stringify({ tabs: own, activeTabIndex: 0 }));
}

const { headers, variables } = await start();
forgetUntouchedWelcome();
createRoot(document.getElementById('ruru-root')).render(
  React.createElement(Ruru, {
    ...props,
    fetcher,
    initialQuery: welcome.query,
    defaultQuery: '',
    initialVariables: variables,
    initialHeaders: headers,
    defaultHeaders: headers,
  }),
);
