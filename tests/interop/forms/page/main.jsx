// Shows one Questionnaire with Smart Forms; a test hands it over and takes the response back through window.
import React from "react";
import { createRoot } from "react-dom/client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { BaseRenderer, RendererThemeProvider, getResponse, useBuildForm } from "@aehrc/smart-forms-renderer";

function Form({ questionnaire }) {
  const building = useBuildForm({ questionnaire });
  return building ? <p>Building</p> : <BaseRenderer />;
}

window.response = () => getResponse();
window.show = (questionnaire) =>
  createRoot(document.getElementById("root")).render(
    <RendererThemeProvider>
      <QueryClientProvider client={new QueryClient()}>
        <main><Form questionnaire={questionnaire} /></main>
      </QueryClientProvider>
    </RendererThemeProvider>,
  );
window.ready = true;
