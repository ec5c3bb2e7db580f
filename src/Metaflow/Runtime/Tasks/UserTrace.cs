namespace Metaflow.Runtime.Tasks;

/// <summary>The stack trace of a step's exception without the frames that belong to the runtime.</summary>
internal static class UserTrace
{
    private static readonly string[] Ours =
        [
            ".MetaflowDefinition.", " Metaflow.Runtime.Tasks.", " Metaflow.StepDecorator.", " Metaflow.CatchAttribute.", " Metaflow.TimeoutAttribute.",
            " Metaflow.EnvironmentAttribute.", " Metaflow.SecretsAttribute.",
        ];

    public static string Of(Exception exception) =>
        string.Join(Environment.NewLine, exception.ToString().Split(["\r\n", "\n"], StringSplitOptions.None).Where(IsUsers));

    private static bool IsUsers(string line) =>
        !line.StartsWith("   at ", StringComparison.Ordinal)
        || !Array.Exists(Ours, frame => line.Contains(frame, StringComparison.Ordinal));
}
