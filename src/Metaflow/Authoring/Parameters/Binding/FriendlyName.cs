namespace Metaflow.Binding;

/// <summary>Types as C# writes them.</summary>
internal static class FriendlyName
{
    public static string Of(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Of(underlying) + "?";
        }

        if (type.IsArray)
        {
            return Of(type.GetElementType()!) + "[]";
        }

        if (type.IsGenericType)
        {
            return $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GenericTypeArguments.Select(Of))}>";
        }

        return type.IsPrimitive || type == typeof(string) || type == typeof(decimal)
            ? ScalarParsers.Find(type) is { TypeName: not "text" } parser ? parser.TypeName : "string"
            : type.Name;
    }
}
