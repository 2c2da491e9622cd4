// What a page of the program would do with an account, by fetch and the browser's
// own passkeys. Its value is an object whose methods answer {status, body}.
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

  return {
    register: (email, password) => withCSRF("/auth/register", { email, password }),
    login: (email, password) => withCSRF("/auth/login", { email, password }),
    logout: () => send("POST", "/auth/logout"),
    me: () => send("GET", "/me"),
    factors: () => send("GET", "/me/second-factors"),
    async addPasskey(password, name) {
      const started = await send("POST", "/me/passkeys/start", { password });
      if (started.status !== 200) return started;
      const credential = await create(started.body.options);
      return send("POST", "/me/passkeys", { challenge: started.body.challenge, name, credential });
    },
    // challenge is that of login's answer.
    async loginWithPasskey(challenge) {
      const started = await withCSRF("/auth/login/passkey", { challenge });
      if (started.status !== 200) return started;
      const credential = await get(started.body.options);
      return withCSRF("/auth/login/second-factor", { challenge: started.body.challenge, credential });
    },
  };
})();
