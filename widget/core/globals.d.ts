// Browsers and Node have them, but the library of the language alone does not declare them.
declare function btoa(binary: string): string;
declare function atob(base64: string): string;
