// What browsers and Node have, of which the language's own library knows nothing.
declare function btoa(binary: string): string;
