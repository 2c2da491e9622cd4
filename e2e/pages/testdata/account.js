// Does with an account what a page of the program would do, by fetch and the browser's own
// passkeys. Its methods return {status, body}; status 0 is a refusal by the browser.
globalThis.account = (() => {
  const send = async (method, path, body, headers) => {
    const answer = await fetch(path, {
      method,
      headers: { "content-type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const withCSRF = async (path, body) => {
    const issued = await send("GET", "/auth/csrf");
    return send("POST", path, body, { "x-csrf-token": issued.body.csrf_token });
  };
  const create = async (options) => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return (await navigator.credentials.create({ publicKey })).toJSON();
  };
  const get = async (options) => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return (await navigator.credentials.get({ publicKey })).toJSON();
  };
  // unlessRefused returns what step returns, or why the browser refused it.
  const unlessRefused = (step) => step().catch((e) => ({ status: 0, body: { error: e.name } }));

  return {
    register: (email, password) => withCSRF("/auth/register", { email, password }),
    login: (email, password) => withCSRF("/auth/login", { email, password }),
    logout: () => send("POST", "/auth/logout"),
    me: () => send("GET", "/me"),
    async addPasskey(password, name) {
      const started = await send("POST", "/me/passkeys/start", { password });
      if (started.status !== 200) return started;
      const { challenge, options } = started.body;
      return unlessRefused(async () => send("POST", "/me/passkeys", { challenge, name, credential: await create(options) }));
    },
    // begun is the challenge from the answer of login.
    async loginWithPasskey(begun) {
      const started = await withCSRF("/auth/login/passkey", { challenge: begun });
      if (started.status !== 200) return started;
      const { challenge, options } = started.body;
      return unlessRefused(async () => withCSRF("/auth/login/second-factor", { challenge, credential: await get(options) }));
    },
  };
})();
