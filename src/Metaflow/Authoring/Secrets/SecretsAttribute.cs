namespace Metaflow;

/// <summary>
/// Gives the step secrets: as environment variables and in <see cref="Current.Secrets"/>. Each attempt fetches them anew,
/// where it runs. They are never stored, and in the step's output and errors <c>***</c> stands in their place. May be repeated.
/// </summary>
/// <remarks>
/// <para>A source is <c>provider:id</c>. Metaflow has the providers <c>environment</c> (a variable, or several:
/// <c>environment:DB_*</c>), <c>file</c> (JSON, lines <c>NAME=VALUE</c>, or a directory with one file for each secret) and
/// <c>inline</c> (<c>inline:NAME=VALUE</c>; for tests, as the program contains it). Packages bring others, see
/// <see cref="ISecretsProvider"/>.</para>
/// <para>Values of fewer than four characters are not looked for in the output. A step that stores or sends what it was
/// given, as an artifact or in a card, does as it likes.</para>
/// </remarks>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class SecretsAttribute : StepDecorator
{
    private const string ReservedPrefix = "METAFLOW_";

    /// <summary>Gives the step the secrets of some sources.</summary>
    /// <param name="sources">Where they are: <c>file:secrets.json</c>, <c>environment:DB_PASSWORD</c>, …</param>
    public SecretsAttribute(params string[] sources) => Sources = sources ?? [];

    /// <summary>Where the secrets are.</summary>
    public IReadOnlyList<string> Sources { get; }

    /// <summary>On whose behalf providers ask, such as the ARN of a role. Default: none, the task's own identity.</summary>
    public string? Role { get; set; }

    /// <summary>More for the providers, each as <c>name=value</c>: <c>region=eu-west-1</c>. Default: none.</summary>
    public string[] Options { get; set; } = [];

    /// <summary>
    /// Whether a secret may take the place of an environment variable that has another value. Default:
    /// <see langword="false"/>; the step then fails.
    /// </summary>
    public bool AllowOverride { get; set; }

    internal override DecoratorRank Rank => DecoratorRank.Environment;

    /// <summary>Whether values stand in the sources themselves.</summary>
    internal bool IsInline => Sources.Any(source => source.StartsWith(InlineSecrets.ProviderName, StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc/>
    protected internal override async ValueTask<Transition?> InvokeAsync(StepContext step, Func<ValueTask<Transition?>> next)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(next);
        var secrets = await FetchAsync(step).ConfigureAwait(false);

        // From here on nothing that the step says may show them.
        step.Hide([.. secrets.Values]);
        var set = new List<IDisposable>();
        try
        {
            foreach (var (name, value) in secrets)
            {
                Require(AllowOverride || StepVariables.Original(name) is not { } present || present == value,
                    $"Step {step.StepName}: the secret '{name}' would hide the environment variable of the same name, which has another value. "
                    + "Set AllowOverride if that is meant, or rename one of them.");
                Require(!step.Current.Secrets.TryGet(name, out _), $"Step {step.StepName}: two sources bring the secret '{name}'.");
                set.Add(StepVariables.Set(name, value));
                step.Current.Secrets.Add(name, value);
            }

            return await next().ConfigureAwait(false);
        }
        finally
        {
            foreach (var name in secrets.Keys.Take(set.Count))
            {
                step.Current.Secrets.Remove(name);
            }

            set.ForEach(variable => variable.Dispose());
        }
    }

    /// <inheritdoc/>
    protected internal override string? Validate()
    {
        if (Sources.Count == 0)
        {
            return "give a source, such as environment:DB_PASSWORD or file:secrets.json.";
        }

        try
        {
            return Sources.Select(source => SecretSource.Parse(source))
                .Select(source => source.Find().Validate(Request(source)))
                .FirstOrDefault(fault => fault is not null);
        }
        catch (MetaflowException fault)
        {
            return fault.Message;
        }
    }

    private async ValueTask<SortedDictionary<string, string>> FetchAsync(StepContext step)
    {
        var secrets = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in Sources)
        {
            var source = SecretSource.Parse(text);
            foreach (var (name, value) in await AskAsync(step, source).ConfigureAwait(false))
            {
                Require(SecretNames.IsName(name) && !name.StartsWith(ReservedPrefix, StringComparison.OrdinalIgnoreCase),
                    $"Step {step.StepName}: {source.Shown} brings a secret '{name}'. A name has letters, digits and underscores, does not begin with a digit, "
                    + $"and not with {ReservedPrefix}.");
                Require(value?.Contains('\0', StringComparison.Ordinal) == false,
                    $"Step {step.StepName}: the secret '{name}' of {source.Shown} is no text.");
                Require(secrets.TryAdd(name, value!), $"Step {step.StepName}: two sources bring the secret '{name}'.");
            }
        }

        return secrets;
    }

    private async ValueTask<IReadOnlyDictionary<string, string>> AskAsync(StepContext step, SecretSource source)
    {
        var provider = source.Find();
        var cancellationToken = step.Current.CancellationToken;
        try
        {
            var found = await provider.GetAsync(Request(source), cancellationToken).ConfigureAwait(false);
            return found is { Count: > 0 } ? found : throw new MetaflowException("there is nothing there.");
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MetaflowException($"Step {step.StepName}: the secrets {source.Shown} cannot be had: {fault.Message}", fault);
        }
    }

    private SecretsRequest Request(SecretSource source)
    {
        var options = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var option in Options)
        {
            var equals = option.IndexOf('=', StringComparison.Ordinal);
            Require(equals > 0, $"the option '{option}' is not of the form name=value.");
            options[option[..equals]] = option[(equals + 1)..];
        }

        return new(source.Id, Role, options);
    }

    private static void Require(bool isMet, string otherwise)
    {
        if (!isMet)
        {
            throw new MetaflowException(otherwise);
        }
    }
}
