// Shows this server's own API description.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  tryItOutEnabled: true,
  // Swagger UI gives the list of servers no name.
  onComplete: () => document.querySelector("#servers")?.setAttribute("aria-label", "Server"),
});
