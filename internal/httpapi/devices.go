package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

type connectDeviceInput struct {
	Body struct {
		Code     string `json:"code" maxLength:"64" doc:"From the page /widget/pair; good once, for five minutes."`
		Verifier string `json:"verifier" minLength:"43" maxLength:"128" doc:"The text whose SHA-256 was the challenge that the page got (RFC 7636, S256)."`
	} `doc:"The pairing code and its proof."`
}

type refreshDeviceInput struct {
	Body struct {
		RefreshToken string `json:"refresh_token" maxLength:"200"`
	} `doc:"The newest refresh token."`
}

type grantedOutput struct {
	Body struct {
		AccessToken  string    `json:"access_token" doc:"For the header Authorization: Bearer …, on the operations that a device token may call."`
		TokenType    string    `json:"token_type" enum:"bearer"`
		ExpiresIn    int       `json:"expires_in" doc:"Seconds until the access token ends."`
		RefreshToken string    `json:"refresh_token" doc:"Good for one refresh, and for a retry of it while its answer may have been lost."`
		DeviceID     string    `json:"device_id" format:"uuid"`
		ServerTime   time.Time `json:"server_time"`
	} `doc:"The device's tokens."`
}

func grantedOf(g account.Granted) *grantedOutput {
	out := &grantedOutput{}
	out.Body.AccessToken, out.Body.TokenType = g.Access, "bearer"
	out.Body.ExpiresIn = int(g.AccessExpires.Seconds())
	out.Body.RefreshToken, out.Body.DeviceID = g.Refresh, g.DeviceID
	out.Body.ServerTime = g.At.UTC().Truncate(time.Microsecond)
	return out
}

// DevicePath names a device in a path.
type DevicePath struct {
	DeviceID string `path:"device_id" format:"uuid" doc:"UUID of a device." example:"0190a8f2-aa11-7b22-8c33-4d5e6f708192"`
}

type devicesOutput struct {
	Body []deviceBody `nullable:"false" doc:"The devices, newest first."`
}

type deviceBody struct {
	ID          string    `json:"device_id" format:"uuid"`
	Name        string    `json:"name"`
	Kind        string    `json:"kind" enum:"userscript,extension"`
	CreatedAt   time.Time `json:"created_at"`
	LastUsedAt  time.Time `json:"last_used_at" doc:"When it last got a new access token."`
	LastAddress string    `json:"last_address" doc:"The client's address then; for IPv6 only its /64 network."`
}

func (a *api) registerDevices() {
	// The code or the token in the body authorises these two: see httpx.Origins.
	op := public(operation("POST /auth/device/token", "connect-device", tagAccounts, "Connect a device",
		"Exchanges a pairing code for a device's tokens. It takes calls from any origin, and reads no cookie."))
	op = mayFail(op, http.StatusUnauthorized, http.StatusTooManyRequests)
	op.Middlewares = huma.Middlewares{a.limitByAddress(a.Limits.Pairings)}
	register(a, op, a.connectDevice)

	op = public(operation("POST /auth/device/refresh", "refresh-device", tagAccounts, "Renew a device's tokens",
		"Exchanges a refresh token for new tokens. It takes calls from any origin, and reads no cookie. "+
			"A refresh token that is used again after its successor was used ends the device."))
	op = mayFail(op, http.StatusUnauthorized, http.StatusTooManyRequests)
	register(a, op, a.refreshDevice)

	register(a, operation("GET /me/devices", "devices", tagAccounts, "The connected devices",
		"Lists the devices, newest first."), a.devices)
	op = operation("DELETE /me/devices/{device_id}", "disconnect-device", tagAccounts, "Disconnect a device",
		"Its tokens end at once.")
	register(a, mayFail(checkedByHandler(op), http.StatusNotFound), a.disconnectDevice)
	op = operation("DELETE /me/device", "disconnect", tagAccounts, "Disconnect the device that asks",
		"Ends the device whose token is used. With the token of a login the answer is 404.")
	register(a, mayFail(forWidget(op), http.StatusNotFound), a.disconnect)
}

func (a *api) connectDevice(ctx context.Context, in *connectDeviceInput) (*grantedOutput, error) {
	granted, err := a.Accounts.ConnectDevice(ctx, in.Body.Code, in.Body.Verifier, addressOf(ctx))
	if err != nil {
		return nil, err
	}
	return grantedOf(granted), nil
}

// refreshDevice counts by address and device, so that the widgets behind one address do
// not make each other wait. A text that is not a refresh token counts for the address.
func (a *api) refreshDevice(ctx context.Context, in *refreshDeviceInput) (*grantedOutput, error) {
	key := addressOf(ctx) + " " + a.Accounts.RefreshKey(in.Body.RefreshToken)
	if err := a.Limits.Refreshes.Take(ctx, key); err != nil {
		return nil, err
	}
	granted, err := a.Accounts.RefreshDevice(ctx, in.Body.RefreshToken, addressOf(ctx))
	if err != nil {
		return nil, err
	}
	return grantedOf(granted), nil
}

func (a *api) devices(ctx context.Context, _ *struct{}) (*devicesOutput, error) {
	devices, err := a.Accounts.Devices(ctx, currentUser(ctx).ID)
	if err != nil {
		return nil, err
	}
	out := &devicesOutput{Body: make([]deviceBody, len(devices))}
	for i, d := range devices {
		out.Body[i] = deviceBody{
			ID: d.ID, Name: d.Name, Kind: string(d.Kind),
			CreatedAt: timeOf(d.CreatedAt), LastUsedAt: timeOf(d.LastUsedAt), LastAddress: d.LastAddress,
		}
	}
	return out, nil
}

func (a *api) disconnectDevice(ctx context.Context, in *DevicePath) (*statusOutput, error) {
	id, err := httpx.ID(in.DeviceID, account.ErrUnknownDevice)
	if err != nil {
		return nil, err
	}
	return a.endDevice(ctx, id)
}

// disconnect ends the device to which the request's token belongs. The token of a login
// belongs to none.
func (a *api) disconnect(ctx context.Context, _ *struct{}) (*statusOutput, error) {
	return a.endDevice(ctx, currentToken(ctx).DeviceID)
}

func (a *api) endDevice(ctx context.Context, id string) (*statusOutput, error) {
	if err := a.Accounts.DisconnectDevice(ctx, currentUser(ctx).ID, id, byUser(ctx)); err != nil {
		return nil, err
	}
	return done("device disconnected"), nil
}
