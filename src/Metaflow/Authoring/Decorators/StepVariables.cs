namespace Metaflow;

/// <summary>
/// Environment variables that steps set while they run. They belong to the whole process: with <c>--isolation none</c>
/// several steps share them, and what one has set must not vanish when another one ends.
/// </summary>
internal static class StepVariables
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, Variable> Active = new(StringComparer.Ordinal);

    /// <summary>Sets a variable until the result is disposed. The one that was set last counts.</summary>
    public static IDisposable Set(string name, string value)
    {
        lock (Gate)
        {
            if (!Active.TryGetValue(name, out var variable))
            {
                Active[name] = variable = new(Environment.GetEnvironmentVariable(name));
            }

            var setting = new Setting(name, value);
            variable.Settings.Add(setting);
            Environment.SetEnvironmentVariable(name, value);
            return setting;
        }
    }

    /// <summary>The value that a variable has had before any step set it; <see langword="null"/> if none.</summary>
    public static string? Original(string name)
    {
        lock (Gate)
        {
            return Active.TryGetValue(name, out var variable) ? variable.Original : Environment.GetEnvironmentVariable(name);
        }
    }

    private sealed record Variable(string? Original)
    {
        public List<Setting> Settings { get; } = [];
    }

    private sealed class Setting(string name, string value) : IDisposable
    {
        public string Value { get; } = value;

        public void Dispose()
        {
            lock (Gate)
            {
                if (!Active.TryGetValue(name, out var variable) || !variable.Settings.Remove(this))
                {
                    return;
                }

                if (variable.Settings is [.., var last])
                {
                    Environment.SetEnvironmentVariable(name, last.Value);
                    return;
                }

                Environment.SetEnvironmentVariable(name, variable.Original);
                Active.Remove(name);
            }
        }
    }
}
