// Shows this server's own API description.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  tryItOutEnabled: true,
  // A change by cookie must say that it is JSON, also without a body; Swagger UI says it only of a body.
  requestInterceptor(request) {
    if (request.method && request.method !== "GET") request.headers["Content-Type"] ??= "application/json";
    return request;
  },
  // Swagger UI gives the list of servers no name.
  onComplete: () => document.querySelector("#servers")?.setAttribute("aria-label", "Server"),
});
