using System.CommandLine;
using Metaflow.Binding;
using Metaflow.Configuration;

namespace Metaflow.Cli.Parsing;

/// <summary>What was given for each option: on the command line, else by its environment variable.</summary>
internal sealed class OptionValues
{
    private readonly ParseResult _result;
    private readonly IReadOnlyDictionary<string, Option> _symbols;
    private readonly IReadOnlyList<string> _arguments;
    private readonly MachineEnvironment _environment;

    /// <param name="result">The parsed command line.</param>
    /// <param name="symbols">The parser's symbols by option name.</param>
    /// <param name="arguments">The command line as it was given.</param>
    /// <param name="environment">Where variables are read.</param>
    public OptionValues(
        ParseResult result, IReadOnlyDictionary<string, Option> symbols, IReadOnlyList<string> arguments, MachineEnvironment environment)
    {
        _result = result;
        _symbols = symbols;
        _arguments = arguments;
        _environment = environment;
    }

    /// <summary>What was given; <see langword="null"/> if nothing.</summary>
    /// <exception cref="UsageException">An option without a value swallowed the one that follows.</exception>
    public RawValue? Find(CliOption option)
    {
        if (_symbols.TryGetValue(option.Name, out var symbol) && _result.GetResult(symbol) is { Implicit: false } given)
        {
            foreach (var token in given.Tokens)
            {
                RefuseSwallowedOption(option, token.Value);
            }

            return new(option.Typed, [.. given.Tokens.Select(token => token.Value)]);
        }

        return _environment.Variable(option.Variable) is { Length: > 0 } text
            ? new(option.Variable, option.IsRepeatable ? text.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [text])
            : null;
    }

    /// <summary>Whether an option that takes no value is given.</summary>
    public bool Has(CliOption option) =>
        Find(option) is { } raw && (raw.Values.Count == 0 || ValueBinding.Parse<bool>(raw, separator: null));

    /// <summary>The value of an option; <see langword="null"/> if it is not given.</summary>
    public string? Text(CliOption option) => Find(option)?.Single;

    /// <summary>All values of an option that adds up.</summary>
    public IReadOnlyList<string> All(CliOption option) => Find(option)?.Values ?? [];

    /// <summary>A whole number that is at least <paramref name="minimum"/>.</summary>
    public int Int32(CliOption option, int minimum, int absent) =>
        Find(option) is { } raw ? ValueBinding.Int32(raw, minimum) : absent;

    /// <summary>One of an enum's names.</summary>
    public T Enum<T>(CliOption option, T absent)
        where T : struct, Enum =>
        Find(option) is { } raw ? ValueBinding.Parse<T>(raw, separator: null) : absent;

    /// <summary>A duration of at most 45 days, which is what timers can count; <see langword="null"/> if it is not given.</summary>
    public TimeSpan? Duration(CliOption option)
    {
        if (Find(option) is not { } raw)
        {
            return null;
        }

        var value = ValueBinding.Parse<TimeSpan>(raw, separator: null);
        return value >= TimeSpan.Zero && value <= TimeSpan.FromDays(45)
            ? value
            : throw new UsageException($"{option.Typed}: a duration from 0 to 45 days is expected, not '{raw.Single}'.");
    }

    // "--note --top 3" must not store "--top" as the note.
    private void RefuseSwallowedOption(CliOption option, string value)
    {
        if (value.StartsWith("--", StringComparison.Ordinal) && _arguments.Contains(value))
        {
            throw new UsageException(
                $"{option.Typed} needs a value, but '{value}' follows. If that is the value, write {option.Typed}={value}.");
        }
    }
}
