import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import "./style/token.css";
import "./style/base.css";
import "./style/page.css";

createRoot(document.querySelector("#page")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
