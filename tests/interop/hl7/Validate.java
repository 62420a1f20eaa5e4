import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.hl7.fhir.convertors.factory.VersionConvertorFactory_40_50;
import org.hl7.fhir.r5.elementmodel.Manager.FhirFormat;
import org.hl7.fhir.r5.model.OperationOutcome;
import org.hl7.fhir.utilities.json.model.JsonArray;
import org.hl7.fhir.utilities.json.model.JsonObject;
import org.hl7.fhir.utilities.json.parser.JsonParser;
import org.hl7.fhir.validation.ValidationEngine;
import org.hl7.fhir.validation.cli.utils.QuestionnaireMode;

/**
 * HL7's validator as a filter, without network. Arguments: guides to load. Each line of input is a word, a tab and a
 * resource as JSON. The word is the profile to hold it against, "-" for none of its own, or "+" to make the resource
 * known to those that follow. Each line of output is a JSON array of issues: severity, where, what.
 */
public class Validate {
  public static void main(String[] guides) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.setOut(System.err);
    ValidationEngine engine = engine(guides);
    out.println("ready");
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      int tab = line.indexOf('\t');
      out.println(JsonParser.compose(answer(engine, line.substring(0, tab), line.substring(tab + 1))));
    }
  }

  private static ValidationEngine engine(String[] guides) throws Exception {
    ValidationEngine engine = new ValidationEngine.ValidationEngineBuilder()
        .withVersion("4.0").withTHO(false).withNoTerminologyServer().fromSource("hl7.fhir.r4.core#4.0.1");
    for (String guide : guides) {
      engine.getIgLoader().loadIg(engine.getIgs(), engine.getBinaries(), guide, false);
    }
    engine.setDoNative(false);
    engine.setAnyExtensionsAllowed(false);
    engine.setQuestionnaireMode(QuestionnaireMode.REQUIRED);
    engine.setWantInvariantInMessage(true);
    engine.setAllowExampleUrls(true);
    engine.prepare();
    return engine;
  }

  private static JsonArray answer(ValidationEngine engine, String word, String json) {
    JsonArray issues = new JsonArray();
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    try {
      if (word.equals("+")) {
        engine.seeResource(VersionConvertorFactory_40_50.convertResource(
            new org.hl7.fhir.r4.formats.JsonParser().parse(bytes)));
        return issues;
      }
      List<String> profiles = word.equals("-") ? List.of() : List.of(word);
      OperationOutcome outcome = engine.validate(FhirFormat.JSON, new ByteArrayInputStream(bytes), profiles);
      for (OperationOutcome.OperationOutcomeIssueComponent issue : outcome.getIssue()) {
        String where = issue.getExpression().isEmpty() ? "" : issue.getExpression().get(0).getValue();
        issues.add(issue(issue.getSeverity().toCode(), where, issue.getDetails().getText()));
      }
    } catch (Exception problem) {
      issues.add(issue("fatal", "", problem.toString()));
    }
    return issues;
  }

  private static JsonObject issue(String severity, String where, String what) {
    JsonObject issue = new JsonObject();
    issue.add("severity", severity);
    issue.add("where", where);
    issue.add("what", what == null ? "" : what);
    return issue;
  }
}
