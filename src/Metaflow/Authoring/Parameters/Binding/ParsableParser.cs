using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Metaflow.Binding;

/// <summary>Any other type that can parse itself.</summary>
internal abstract class ParsableParser
{
    public static ScalarParser? TryCreate(Type type)
    {
        var contract = Array.Find(
            type.GetInterfaces(),
            candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IParsable<>)
                && candidate.GenericTypeArguments[0] == type);
        if (contract is null)
        {
            return null;
        }

        var parser = (ParsableParser)Activator.CreateInstance(typeof(Typed<>).MakeGenericType(type))!;
        return new(Naming.ToKebabCase(type.Name), $"a {type.Name}", parser.TryParse)
        {
            Explain = text => $"'{text}' is not a {type.Name}: {parser.Refusal(text).TrimEnd('.')}",
        };
    }

    protected abstract bool TryParse(string text, [NotNullWhen(true)] out object? value);

    protected abstract string Refusal(string text);

    private sealed class Typed<T> : ParsableParser
        where T : IParsable<T>
    {
        protected override bool TryParse(string text, [NotNullWhen(true)] out object? value)
        {
            var parsed = T.TryParse(text, CultureInfo.InvariantCulture, out var typed);
            value = typed;
            return parsed && value is not null;
        }

        // TryParse gives no reason; the type's own Parse does.
        protected override string Refusal(string text)
        {
            try
            {
                T.Parse(text, CultureInfo.InvariantCulture);
                return "the type refuses it";
            }
            catch (Exception fault) when (fault is FormatException or OverflowException or ArgumentException)
            {
                return fault.Message;
            }
        }
    }
}
